# Flags that every target of the project carries; third-party headers are SYSTEM and stay out of it.
add_library(ndb_options INTERFACE)
target_compile_options(ndb_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror
  # Designated initializers name what is set; the rest is meant to take its default.
  -Wno-missing-field-initializers
  # g++ 12 sees uninitialized members in every moved std::variant once it optimizes.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
target_include_directories(ndb_options INTERFACE ${PROJECT_SOURCE_DIR})
target_link_options(ndb_options INTERFACE -Wl,--as-needed)

if(NDB_SANITIZE)
  target_compile_options(ndb_options INTERFACE
    -fsanitize=${NDB_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(ndb_options INTERFACE -fsanitize=${NDB_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(ndb_options INTERFACE
    -fstack-protector-strong -fPIE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  target_link_options(ndb_options INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

# ndb_library(<name> SOURCES ... [PUBLIC ...] [PRIVATE ...]): one static library a folder, alias ndb::<name>.
function(ndb_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(ndb_${name} STATIC ${ARG_SOURCES})
  add_library(ndb::${name} ALIAS ndb_${name})
  target_link_libraries(ndb_${name} PUBLIC ndb_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()

# ndb_test(<name> SOURCES ... LIBS ...): a GoogleTest executable, one test to ctest.
function(ndb_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ndb_options ${ARG_LIBS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE NDB_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  add_test(NAME ${name} COMMAND ${name})
  # Far beyond what any takes: one that hangs fails before CI's own limit.
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
