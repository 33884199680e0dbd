# Writes the migrations into one C file: each file NNNN-name.sql becomes an array of bytes with a NUL behind it.
#   cmake -DOUTPUT=file.c "-DFILES=a.sql;b.sql" -P embed.cmake
set(arrays "")
set(rows "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])-[a-z0-9-]+$")
    message(FATAL_ERROR "${file}: a migration is named NNNN-what-it-does.sql")
  endif()
  set(number ${CMAKE_MATCH_1})
  string(REGEX REPLACE "^0+" "" version ${number})
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "static const unsigned char sql_${number}[] = {\n${bytes}\n0x00};\n\n")
  string(APPEND rows "    {${version}, \"${name}\", (const char *)sql_${number}},\n")
endforeach()
file(WRITE ${OUTPUT}
  "/* Made by database/embed.cmake from database/schema/. */\n#include \"database/migrations.h\"\n\n"
  "${arrays}const struct migration migrations[] = {\n${rows}};\n"
  "const size_t migration_count = sizeof migrations / sizeof migrations[0];\n")
