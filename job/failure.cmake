# Exit codes and how API errors become them.
ndb_library(failure
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/failure.cpp
  PUBLIC ndb::k8s
  PRIVATE ndb::json)
