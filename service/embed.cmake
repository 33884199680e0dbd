# Run as a script: writes INPUT as the bytes of a C array, `static const unsigned char NAME[]`, into OUTPUT.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "/* Written by service/embed.cmake. */\nstatic const unsigned char ${NAME}[] = {\n${bytes}};\n")
