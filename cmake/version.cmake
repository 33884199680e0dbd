# generated/corbridge_version.h: what `corbridge version` prints. The git commit is looked up at every build
# (cmake/git-version.cmake), the rest when the build is configured.
set(CORBRIDGE_COMPILER "${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}")
if(WIN32)
  set(CORBRIDGE_COMPILER "mingw-w64 ${CORBRIDGE_COMPILER}")
endif()
file(STRINGS ${CORBRIDGE_DEPS}/versions lines)
foreach(line IN LISTS lines)
  if(line MATCHES "^([a-z0-9]+)=(.*)$")
    string(TOUPPER ${CMAKE_MATCH_1} name)
    set(CORBRIDGE_DEP_${name} "${CMAKE_MATCH_2}")
  endif()
endforeach()

set(CORBRIDGE_VERSION_ARGS
  -D VERSION=${PROJECT_VERSION}
  -D MAJOR=${PROJECT_VERSION_MAJOR} -D MINOR=${PROJECT_VERSION_MINOR} -D PATCH=${PROJECT_VERSION_PATCH}
  "-DCOMPILER=${CORBRIDGE_COMPILER}" "-DBUILD_TYPE=${CMAKE_BUILD_TYPE}"
  "-DSQLITE=${CORBRIDGE_DEP_SQLITE}" "-DLIBXML2=${CORBRIDGE_DEP_LIBXML2}" "-DCURL=${CORBRIDGE_DEP_CURL}"
  "-DCMOCKA=${CORBRIDGE_DEP_CMOCKA}"
  -D SOURCE=${PROJECT_SOURCE_DIR}
  -D OUTPUT=${PROJECT_BINARY_DIR}/generated/corbridge_version.h
  -P ${PROJECT_SOURCE_DIR}/cmake/git-version.cmake)
execute_process(COMMAND ${CMAKE_COMMAND} ${CORBRIDGE_VERSION_ARGS} COMMAND_ERROR_IS_FATAL ANY)
add_custom_target(cb_version COMMAND ${CMAKE_COMMAND} ${CORBRIDGE_VERSION_ARGS}
  BYPRODUCTS ${PROJECT_BINARY_DIR}/generated/corbridge_version.h VERBATIM)
add_dependencies(cb_options cb_version)
