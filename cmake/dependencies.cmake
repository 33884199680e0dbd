# dep_sqlite, dep_libxml2, dep_curl, dep_cmocka: static libraries that cmake/deps.sh builds once, outside the tree.
# CORBRIDGE_DEPS is the folder of this build's flavour, with include/ and lib/. Left empty, deps.sh is asked
# for it; that builds what is missing, which takes a few minutes the first time.
if(WIN32)
  set(CORBRIDGE_FLAVOUR mingw)
elseif(CORBRIDGE_SANITIZE STREQUAL "thread")
  set(CORBRIDGE_FLAVOUR tsan)
elseif(CORBRIDGE_SANITIZE)
  set(CORBRIDGE_FLAVOUR asan)
else()
  set(CORBRIDGE_FLAVOUR native)
endif()

set(CORBRIDGE_DEPS "" CACHE PATH "folder with the built dependencies; empty: ask cmake/deps.sh")
if(NOT CORBRIDGE_DEPS)
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/cmake/deps.sh ${CORBRIDGE_FLAVOUR}
    OUTPUT_VARIABLE CORBRIDGE_DEPS OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endif()
message(STATUS "Dependencies: ${CORBRIDGE_DEPS}")
if(NOT WIN32)
  find_package(Threads REQUIRED)
endif()

function(cb_dependency name library)
  set(file ${CORBRIDGE_DEPS}/lib/${library})
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "${file} is missing: cmake/deps.sh ${CORBRIDGE_FLAVOUR} builds it")
  endif()
  add_library(${name} STATIC IMPORTED GLOBAL)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${file})
endfunction()

cb_dependency(dep_sqlite libsqlite3.a)
target_include_directories(dep_sqlite SYSTEM INTERFACE ${CORBRIDGE_DEPS}/include)

cb_dependency(dep_libxml2 libxml2.a)
target_include_directories(dep_libxml2 SYSTEM INTERFACE ${CORBRIDGE_DEPS}/include/libxml2)
target_compile_definitions(dep_libxml2 INTERFACE LIBXML_STATIC)

cb_dependency(dep_curl libcurl.a)
target_include_directories(dep_curl SYSTEM INTERFACE ${CORBRIDGE_DEPS}/include)
target_compile_definitions(dep_curl INTERFACE CURL_STATICLIB)

cb_dependency(dep_cmocka libcmocka.a)
target_include_directories(dep_cmocka SYSTEM INTERFACE ${CORBRIDGE_DEPS}/include)

if(WIN32)
  target_link_libraries(dep_libxml2 INTERFACE ws2_32 bcrypt)
  target_link_libraries(dep_curl INTERFACE ws2_32 iphlpapi crypt32 secur32 bcrypt advapi32)
else()
  target_link_libraries(dep_sqlite INTERFACE Threads::Threads m)
  target_link_libraries(dep_libxml2 INTERFACE Threads::Threads m)
  find_package(OpenSSL REQUIRED COMPONENTS SSL Crypto)
  target_link_libraries(dep_curl INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
endif()
