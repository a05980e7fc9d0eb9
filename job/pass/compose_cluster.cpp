#include "job/pass/compose_cluster.h"

#include <utility>

#include "job/decide/cluster_group.h"
#include "job/decide/new_database.h"
#include "job/decide/recovered_cluster.h"
#include "job/model/database_spec.h"
#include "job/model/names.h"
#include "job/pass/cluster_reader.h"
#include "job/pass/recovery_reader.h"

namespace job {
namespace {

tl::unexpected<Failure> unfit(ExitCode code, std::string message) {
  return tl::unexpected(Failure{code, std::move(message)});
}

/// What is known so far.
struct Composing {
  Session& session;
  std::vector<std::string> served;
  DatabaseSpec database;
  ComposedCluster made;

  /// Which group the Cluster is for, as far as there is something to tell it by.
  Outcome<void> settleGroup(const json::Value& manifest) {
    auto group = groupOfNewCluster(session.settings.cnpg_api_group, served, manifest);
    if (!group) return unfit(ExitCode::kConfiguration, std::move(group.error()));
    made.group = *std::move(group);
    return {};
  }
};

Outcome<Composing> begin(Session& session) {
  const auto object = readSystemObject(session);
  if (!object) return tl::unexpected(object.error());
  auto system = readNooBaaSystem(*object);
  auto database = readDatabaseSpec(*object);
  const std::string name = "NooBaa " + session.name_space + "/" + session.settings.system;
  if (!system || !database) {
    const json::Error& error = system ? database.error() : system.error();
    return unfit(ExitCode::kConfiguration, name + " can't be read: " + error.message());
  }
  if (system->deleting) {
    return unfit(ExitCode::kConfiguration,
                 name +
                     " is being deleted, and a Cluster that it owns would go with it; create "
                     "the NooBaa CR anew first");
  }
  if (system->external_postgres) {
    return unfit(ExitCode::kConfiguration,
                 name + ": spec.externalPgSecret is set, so its database is no Cluster");
  }
  auto served = servedCnpgGroups(session);
  if (!served) return tl::unexpected(served.error());
  Composing composing{session, *std::move(served), *std::move(database), {}};
  composing.made.system = *std::move(system);
  return composing;
}

/// The Cluster that the CR asks for.
Outcome<json::Value> composeNew(Composing& composing, std::optional<ImportSource> import) {
  Session& session = composing.session;
  const std::string& group = composing.made.group;
  const std::string catalog_name = imageCatalogName(composing.made.system.name);
  auto catalog =
      session.client.get(session.object(imageCatalogType(group), catalog_name), session.context());
  if (!catalog && !catalog.error().isNotFound()) {
    return tl::unexpected(failureOf(catalog.error(), "read ImageCatalog " + catalog_name));
  }
  auto object =
      newDatabase(composing.database, {.group = group,
                                       .name_space = session.name_space,
                                       .name = session.cluster(),
                                       .system = composing.made.system.name,
                                       .catalog = catalog ? *std::move(catalog) : json::Value(),
                                       .owner = ownerReferenceTo(composing.made.system),
                                       .import = std::move(import)});
  if (!object) return unfit(ExitCode::kConfiguration, std::move(object.error()));
  return *std::move(object);
}

Outcome<void> composeFromSnapshot(Composing& composing) {
  Session& session = composing.session;
  const std::string& snapshot = session.settings.from_snapshot;
  ComposedCluster& made = composing.made;
  auto source = findSource(session, composing.served, snapshot,
                           {.name_space = session.name_space,
                            .cluster = session.cluster(),
                            .major = composing.database.wantedMajor(),
                            .without_manifest = true});
  if (!source) return tl::unexpected(source.error());
  if (!*source) return unfit(ExitCode::kRecoveryFailed, source->error());
  RecoverySource& found = **source;
  made.warnings = found.warnings;
  made.origin = "from VolumeSnapshot " + session.name_space + "/" + snapshot;
  if (auto settled = composing.settleGroup(found.manifest); !settled) return settled;
  if (found.manifest.isNull()) {
    auto wished = composeNew(composing, std::nullopt);
    if (!wished) return tl::unexpected(wished.error());
    found.manifest = withVolumesOf(*std::move(wished), found);
  }
  RecoveredCluster recovered =
      recoveredCluster(found, {.group = made.group,
                               .name_space = session.name_space,
                               .name = session.cluster(),
                               .owner = ownerReferenceTo(made.system),
                               .least_data_sizes = {composing.database.min_volume_size,
                                                    composing.database.actual_volume_size}});
  made.warnings.insert(made.warnings.end(), recovered.warnings.begin(), recovered.warnings.end());
  const auto problem = imageProblem(session, made.group, recovered.object, made.warnings);
  if (!problem) return tl::unexpected(problem.error());
  if (!problem->empty()) return unfit(ExitCode::kConfiguration, *problem);
  made.object = std::move(recovered.object);
  return {};
}

Outcome<void> composeFromNothing(Composing& composing) {
  const Settings& settings = composing.session.settings;
  std::optional<ImportSource> import;
  composing.made.origin = "with an empty database";
  if (!settings.import_host.empty()) {
    import = ImportSource{.host = settings.import_host,
                          .user = settings.import_user,
                          .secret = settings.import_secret};
    composing.made.origin = "with a copy of the database on " + settings.import_host;
  }
  if (auto settled = composing.settleGroup(nullptr); !settled) return settled;
  auto object = composeNew(composing, std::move(import));
  if (!object) return tl::unexpected(object.error());
  composing.made.object = *std::move(object);
  return {};
}

}  // namespace

Outcome<ComposedCluster> composeCluster(Session& session) {
  auto composing = begin(session);
  if (!composing) return tl::unexpected(composing.error());
  const Outcome<void> composed = session.settings.from_snapshot.empty()
                                     ? composeFromNothing(*composing)
                                     : composeFromSnapshot(*composing);
  if (!composed) return tl::unexpected(composed.error());
  return std::move(composing->made);
}

}  // namespace job
