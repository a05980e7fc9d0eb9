# What lives in the simulated cluster besides its API server: CloudNativePG, the snapshot controller, and the builders.
ndb_library(sim_actors
  SOURCES backup_controller.cpp cluster_objects.cpp controldata.cpp crds.cpp fencing.cpp fields.cpp
    instance_manager.cpp kinds.cpp past_backup.cpp snapshot_objects.cpp snapshotter.cpp world.cpp
  PUBLIC ndb::json ndb::time ndb::k8s ndb::sim)

ndb_test(sim_actors_test
  SOURCES test/cnpg_operator_test.cpp test/snapshotter_test.cpp test/world_test.cpp
  LIBS ndb::sim_actors)
