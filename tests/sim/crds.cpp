#include "tests/sim/crds.h"

#include <utility>

#include "common/k8s/resource.h"
#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"

namespace sim {
namespace {

std::string lowered(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

enum class Scope { kNamespaced, kCluster };
enum class Status { kNone, kSubresource };

json::Value definition(const k8s::ResourceType& type, Scope scope, Status status,
                       json::Value schema) {
  json::Object version{{"name", type.version},
                       {"served", true},
                       {"storage", true},
                       {"schema", json::Object{{"openAPIV3Schema", std::move(schema)}}}};
  if (status == Status::kSubresource) {
    version.set("subresources", json::Object{{"status", json::Object()}});
  }
  return json::Object{
      {"apiVersion", "apiextensions.k8s.io/v1"},
      {"kind", "CustomResourceDefinition"},
      {"metadata", json::Object{{"name", type.qualifiedName()}}},
      {"spec", json::Object{{"group", type.group},
                            {"scope", scope == Scope::kCluster ? "Cluster" : "Namespaced"},
                            {"names", json::Object{{"kind", type.kind},
                                                   {"listKind", type.kind + "List"},
                                                   {"plural", type.plural},
                                                   {"singular", lowered(type.kind)}}},
                            {"versions", json::Array{std::move(version)}}}}};
}

json::Value preserving() {
  return literal(R"({"type": "object", "x-kubernetes-preserve-unknown-fields": true})");
}

json::Value schemaOf(json::Value spec, json::Value status) {
  json::Value schema = literal(R"({
    "type": "object",
    "properties": {
      "apiVersion": {"type": "string"},
      "kind": {"type": "string"},
      "metadata": {"type": "object"}
    }
  })");
  placeAt(schema, {"properties", "spec"}) = std::move(spec);
  placeAt(schema, {"properties", "status"}) = std::move(status);
  return schema;
}

json::Value noobaaSpec() {
  return literal(R"json({
    "type": "object",
    "x-kubernetes-preserve-unknown-fields": true,
    "properties": {"dbSpec": {"type": "object", "properties": {
      "image": {"type": "string"},
      "postgresMajorVersion": {"type": "integer"},
      "instances": {"type": "integer"},
      "dbMinVolumeSize": {"type": "string"},
      "dbStorageClass": {"type": "string"},
      "dbConf": {"type": "object", "additionalProperties": {"type": "string"}},
      "dbResources": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
      "dbBackup": {
        "type": "object",
        "required": ["schedule", "volumeSnapshot"],
        "properties": {
          "schedule": {
            "type": "string",
            "pattern": "^((((\\d+,)+\\d+|(\\d+(\\/|-|#)\\d+)|\\d+L?|\\*(\\/\\d+)?|)json"
                 R"json(L(-\\d+)?|\\?|[A-Z]{3}(-[A-Z]{3})?) ?){5,7})|)json"
                 R"json((@(annually|yearly|monthly|weekly|daily|hourly|reboot))|)json"
                 R"json((@every (\\d+(ns|us|µs|ms|s|m|h))+)$"
          },
          "volumeSnapshot": {
            "type": "object",
            "required": ["maxSnapshots", "volumeSnapshotClass"],
            "properties": {
              "maxSnapshots": {"type": "integer", "minimum": 1},
              "volumeSnapshotClass": {"type": "string", "minLength": 1}
            }
          }
        }
      },
      "dbRecovery": {
        "type": "object",
        "required": ["volumeSnapshotName"],
        "properties": {"volumeSnapshotName": {"type": "string", "minLength": 1}}
      }
    }}}
  })json");
}

json::Value noobaaStatus() {
  return literal(R"({
    "type": "object",
    "x-kubernetes-preserve-unknown-fields": true,
    "properties": {"dbStatus": {"type": "object", "properties": {
      "dbClusterStatus": {"type": "string"},
      "dbCurrentImage": {"type": "string"},
      "currentPgMajorVersion": {"type": "integer"},
      "actualVolumeSize": {"type": "string"},
      "backupStatus": {
        "type": "object",
        "properties": {
          "lastBackupTime": {"type": "string", "format": "date-time"},
          "nextBackupTime": {"type": "string", "format": "date-time"},
          "totalSnapshots": {"type": "integer"},
          "availableSnapshots": {"type": "array", "items": {"type": "string"}}
        }
      },
      "recoveryStatus": {
        "type": "object",
        "properties": {
          "status": {"type": "string"},
          "snapshotName": {"type": "string"},
          "recoveryTime": {"type": "string", "format": "date-time"}
        }
      }
    }}}
  })");
}

}  // namespace

json::Value noobaaCrd() {
  return definition(noobaaType(), Scope::kNamespaced, Status::kSubresource,
                    schemaOf(noobaaSpec(), noobaaStatus()));
}

json::Value noobaaCrdWithoutBackups() {
  json::Value spec = noobaaSpec();
  eraseAt(spec, {"properties", "dbSpec", "properties", "dbBackup"});
  eraseAt(spec, {"properties", "dbSpec", "properties", "dbRecovery"});
  json::Value status = noobaaStatus();
  eraseAt(status, {"properties", "dbStatus", "properties", "backupStatus"});
  eraseAt(status, {"properties", "dbStatus", "properties", "recoveryStatus"});
  return definition(noobaaType(), Scope::kNamespaced, Status::kSubresource,
                    schemaOf(std::move(spec), std::move(status)));
}

json::Value clusterCrd(const std::string& cnpg_group) {
  json::Value spec = literal(R"({
    "type": "object",
    "x-kubernetes-preserve-unknown-fields": true,
    "required": ["instances"],
    "properties": {
      "instances": {"type": "integer", "minimum": 1},
      "imageName": {"type": "string"},
      "storage": {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": true,
        "properties": {"size": {"type": "string"}, "storageClass": {"type": "string"}}
      },
      "backup": {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": true,
        "properties": {
          "target": {"type": "string", "enum": ["primary", "prefer-standby"]},
          "volumeSnapshot": {
            "type": "object",
            "properties": {
              "annotations": {"type": "object", "additionalProperties": {"type": "string"}},
              "className": {"type": "string"},
              "labels": {"type": "object", "additionalProperties": {"type": "string"}},
              "online": {"type": "boolean"},
              "onlineConfiguration": {"type": "object", "properties": {
                "immediateCheckpoint": {"type": "boolean"},
                "waitForArchive": {"type": "boolean"}
              }},
              "snapshotOwnerReference": {"type": "string", "enum": ["none", "cluster", "backup"]},
              "tablespaceClassName": {
                "type": "object", "additionalProperties": {"type": "string"}
              },
              "walClassName": {"type": "string"}
            }
          }
        }
      }
    }
  })");
  json::Value schema = schemaOf(std::move(spec), preserving());
  placeAt(schema, {"required"}) = json::Array{"metadata", "spec"};
  return definition(clusterType(cnpg_group), Scope::kNamespaced, Status::kSubresource,
                    std::move(schema));
}

json::Value backupCrd(const std::string& cnpg_group) {
  json::Value spec = literal(R"({
    "type": "object",
    "required": ["cluster"],
    "x-kubernetes-validations": [
      {"rule": "oldSelf == self", "message": "BackupSpec is immutable once set"}
    ],
    "properties": {
      "cluster": {
        "type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}
      },
      "method": {
        "type": "string",
        "default": "barmanObjectStore",
        "enum": ["barmanObjectStore", "volumeSnapshot", "plugin"]
      },
      "online": {"type": "boolean"},
      "onlineConfiguration": {"type": "object", "properties": {
        "immediateCheckpoint": {"type": "boolean"},
        "waitForArchive": {"type": "boolean"}
      }},
      "pluginConfiguration": {
        "type": "object", "x-kubernetes-preserve-unknown-fields": true
      },
      "target": {"type": "string", "enum": ["primary", "prefer-standby"]}
    }
  })");
  json::Value schema = schemaOf(std::move(spec), preserving());
  placeAt(schema, {"required"}) = json::Array{"metadata", "spec"};
  return definition(backupType(cnpg_group), Scope::kNamespaced, Status::kSubresource,
                    std::move(schema));
}

json::Value scheduledBackupCrd(const std::string& cnpg_group) {
  json::Value spec = literal(R"({
    "type": "object",
    "required": ["cluster", "schedule"],
    "properties": {
      "backupOwnerReference": {"type": "string", "enum": ["none", "self", "cluster"]},
      "cluster": {
        "type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}
      },
      "immediate": {"type": "boolean"},
      "method": {"type": "string", "enum": ["barmanObjectStore", "volumeSnapshot", "plugin"]},
      "online": {"type": "boolean"},
      "schedule": {"type": "string"},
      "suspend": {"type": "boolean"},
      "target": {"type": "string", "enum": ["primary", "prefer-standby"]}
    }
  })");
  return definition(scheduledBackupType(cnpg_group), Scope::kNamespaced, Status::kSubresource,
                    schemaOf(std::move(spec), preserving()));
}

json::Value imageCatalogCrd(const std::string& cnpg_group) {
  json::Value spec = literal(R"({
    "type": "object",
    "required": ["images"],
    "properties": {
      "images": {"type": "array", "items": {
        "type": "object",
        "required": ["image", "major"],
        "properties": {"image": {"type": "string"}, "major": {"type": "integer"}}
      }}
    }
  })");
  return definition(imageCatalogType(cnpg_group), Scope::kNamespaced, Status::kNone,
                    schemaOf(std::move(spec), preserving()));
}

json::Value volumeSnapshotCrd() {
  json::Value spec = literal(R"({
    "type": "object",
    "required": ["source"],
    "properties": {
      "source": {"type": "object", "properties": {
        "persistentVolumeClaimName": {"type": "string"},
        "volumeSnapshotContentName": {"type": "string"}
      }},
      "volumeSnapshotClassName": {"type": "string"}
    }
  })");
  json::Value status = literal(R"({
    "type": "object",
    "properties": {
      "boundVolumeSnapshotContentName": {"type": "string"},
      "creationTime": {"type": "string", "format": "date-time"},
      "error": {"type": "object", "properties": {
        "message": {"type": "string"},
        "time": {"type": "string", "format": "date-time"}
      }},
      "readyToUse": {"type": "boolean"},
      "restoreSize": {"x-kubernetes-int-or-string": true},
      "volumeGroupSnapshotName": {"type": "string"}
    }
  })");
  json::Value schema = schemaOf(std::move(spec), std::move(status));
  placeAt(schema, {"required"}) = json::Array{"spec"};
  return definition(snapshotType(), Scope::kNamespaced, Status::kSubresource, std::move(schema));
}

json::Value volumeSnapshotClassCrd() {
  return definition(snapshotClassType(), Scope::kCluster, Status::kNone, literal(R"({
    "type": "object",
    "required": ["driver", "deletionPolicy"],
    "properties": {
      "apiVersion": {"type": "string"},
      "kind": {"type": "string"},
      "metadata": {"type": "object"},
      "driver": {"type": "string"},
      "deletionPolicy": {"type": "string", "enum": ["Delete", "Retain"]},
      "parameters": {"type": "object", "additionalProperties": {"type": "string"}}
    }
  })"));
}

json::Value volumeSnapshotContentCrd() {
  return definition(snapshotContentType(), Scope::kCluster, Status::kSubresource,
                    schemaOf(preserving(), preserving()));
}

}  // namespace sim
