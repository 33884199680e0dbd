# What makes corbridge.exe a Windows program: wide entry point, message table, version and manifest.
target_link_libraries(cb_service PUBLIC advapi32 bcrypt netapi32)
target_link_options(corbridge PRIVATE -municode)

set(room ${CMAKE_CURRENT_SOURCE_DIR}/windows)
set(resources ${PROJECT_BINARY_DIR}/generated/resources)
file(MAKE_DIRECTORY ${resources})
# -C 65001: the file is UTF-8; without, windmc reads it as Windows-1252 and says nothing.
add_custom_command(
  OUTPUT ${resources}/messages.rc ${resources}/MSG00409.bin
  COMMAND ${CORBRIDGE_WINDMC} -C 65001 -h ${resources} -r ${resources} ${room}/messages.mc
  DEPENDS ${room}/messages.mc
  COMMENT "Compiling the message table"
  VERBATIM)
# A file of its own includes the rest, so that a changed part is noticed.
set_source_files_properties(${room}/corbridge.rc PROPERTIES
  OBJECT_DEPENDS "${resources}/messages.rc;${resources}/MSG00409.bin;${room}/corbridge.manifest")
set_source_files_properties(${room}/corbridge.rc PROPERTIES
  COMPILE_OPTIONS "-I${resources};-I${PROJECT_BINARY_DIR}/generated;-I${room}")
target_sources(corbridge PRIVATE ${room}/corbridge.rc)
add_dependencies(corbridge cb_version)
