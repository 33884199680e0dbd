#include "service/photo/photo_reason.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *word;
    bool refusal;
    const char *sentence;
} REASONS[] = {
    {"path-refused", true,
     "PhotoPath has a part that is never opened (.., a device name, a colon, a closing dot or blank): have the sender mend it"},
    {"outside-roots", true,
     "PhotoPath lies in no <root> of <photos>: add the folder there, if photos may be taken from it"},
    {"link", true, "a link, junction or folder is on the way to the file: have the photo put there itself"},
    {"url-invalid", true, "PhotoPath is no URL that can be fetched: have the sender mend it"},
    {"host-not-listed", true,
     "the host of PhotoPath is no <host> of <photos>: add it with its scheme and port, if photos may be "
     "taken from it"},
    {"redirect-not-listed", true,
     "the host sends on to one that is no <host> of <photos>: add that one too, if it is right"},
    {"redirects", true, "the host sends on again and again: have its owner mend that"},
    {"address-private", true,
     "the host has a private address: write private-addresses=\"yes\" at its <host>, if it is inside your network"},
    {"not-found", false, "there is no such photo: have the sender put it there"},
    {"busy", false, "another program holds or writes the photo: it is tried again"},
    {"no-right", false,
     "the service has no right to read the photo: give its account the right Read on the folder"},
    {"too-large", false, "the photo is larger than size-limit of <photos> allows"},
    {"not-a-picture", false, "what was found is no JPEG and no PNG file"},
    {"picture-cut", false, "the photo ends too early: it is being written, or was not written whole"},
    {"picture-damaged", false, "the photo is damaged: have the sender write it anew"},
    {"picture-too-large", false, "the photo has more pixels than megapixels of <photos> allows"},
    {"unreachable", false,
     "the server or share cannot be reached, or broke off: see that it runs and that this server may reach it"},
    {"timeout", false, "the server did not answer in time: see that it runs, or raise time-out of <photos>"},
    {"certificate", false,
     "the server's certificate is not trusted: see its date and name, and that this server knows who signed it"},
    {"http-status", false, "the server answers with an error: ask its owner"},
    {"http-failed", false, "the server's answer cannot be read: ask its owner"},
    {"beside", false,
     "the photo is to come as a file into the folder of the feed, and has not come: ask the sender for it"},
    {"gone", false, "the file that was the photo is no longer in the archive: have it sent again"},
};

const char *photo_reason_sentence(const char *word)
{
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++)
        if (strcmp(REASONS[i].word, word) == 0)
            return REASONS[i].sentence;
    return "it could not be fetched; the log of the service says more";
}

const char *photo_refusal(size_t index)
{
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++)
        if (REASONS[i].refusal && index-- == 0)
            return REASONS[i].word;
    return NULL;
}
