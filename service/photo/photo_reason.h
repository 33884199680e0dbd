/* Why a photo is not there: the words that the database keeps, and what they say to people (docs/photos.md). */
#ifndef CORBRIDGE_SERVICE_PHOTO_PHOTO_REASON_H
#define CORBRIDGE_SERVICE_PHOTO_PHOTO_REASON_H

#include <stddef.h>

/* What happened and what to do; static. Of a word that is not ours: a plain sentence. */
const char *photo_reason_sentence(const char *word);

/* The words with which a request is refused by a rule, one by one from 0 on; NULL behind the last. Static. */
const char *photo_refusal(size_t index);

#endif
