#include "common/k8s/connection/yaml_documents.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>

namespace k8s {
namespace {

class NoEvents final : public YAML::EventHandler {
  using Mark = YAML::Mark;
  using Anchor = YAML::anchor_t;
  using Style = YAML::EmitterStyle::value;

  void OnDocumentStart(const Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const Mark& /*mark*/, Anchor /*anchor*/) override {}
  void OnAlias(const Mark& /*mark*/, Anchor /*anchor*/) override {}
  void OnScalar(const Mark& /*mark*/, const std::string& /*tag*/, Anchor /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const Mark& /*mark*/, const std::string& /*tag*/, Anchor /*anchor*/,
                       Style /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const Mark& /*mark*/, const std::string& /*tag*/, Anchor /*anchor*/,
                  Style /*style*/) override {}
  void OnMapEnd() override {}
};

}  // namespace

bool holdsSecondDocument(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  NoEvents events;
  return parser.HandleNextDocument(events) && parser.HandleNextDocument(events);
}

}  // namespace k8s
