/* Two small photos, of nobody: a JPEG of 16 by 8 pixels and a PNG of 12 by 10. Bytes behind either change the file and not the picture. */
#ifndef TESTS_SUPPORT_PICTURES_H
#define TESTS_SUPPORT_PICTURES_H

#include <stddef.h>

extern const unsigned char picture_jpeg[];
extern const size_t picture_jpeg_size;
extern const unsigned char picture_png[];
extern const size_t picture_png_size;

#endif
