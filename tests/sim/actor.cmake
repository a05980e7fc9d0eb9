# What lives in the simulated cluster besides its API server: CloudNativePG, the snapshot
# controller, and the builders.
ndb_library(sim_actors
  SOURCES
    backup_controller.cpp
    cluster_controller.cpp
    cluster_objects.cpp
    controldata.cpp
    crds.cpp
    fencing.cpp
    fields.cpp
    instance_manager.cpp
    kinds.cpp
    operator_options.cpp
    past_backup.cpp
    snapshot_objects.cpp
    snapshotter.cpp
    volumes.cpp
    world.cpp
  PUBLIC ndb::json ndb::time ndb::k8s ndb::sim)

ndb_test(sim_actors_test
  SOURCES
    test/cluster_controller_test.cpp
    test/cnpg_operator_test.cpp
    test/snapshotter_test.cpp
    test/world_test.cpp
  LIBS ndb::sim_actors)

add_executable(noobaa-db-backup-simcluster demo_backups.cpp demo_server.cpp)
set_target_properties(noobaa-db-backup-simcluster PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_link_libraries(noobaa-db-backup-simcluster PRIVATE ndb::sim_actors ndb::sim_loopback)
