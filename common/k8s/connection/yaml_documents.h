#pragma once

#include <string>

namespace k8s {

/// Whether a text holds a second YAML document. Throws YAML::Exception as the parser does. For
/// YAML::LoadAll reads a document that begins with a comma over and over again and never returns
/// (yaml-cpp 0.7), while YAML::Load looks at the first one alone.
bool holdsSecondDocument(const std::string& text);

}  // namespace k8s
