#pragma once

#include <string>
#include <vector>

#include "job/decide/preflight.h"

namespace job {

/// "refuse: <message>" for each finding, to match as text.
inline std::vector<std::string> texts(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) {
    switch (finding.kind) {
      case Finding::Kind::kRefuse:
        texts.push_back("refuse: " + finding.text());
        break;
      case Finding::Kind::kWait:
        texts.push_back("wait: " + finding.text());
        break;
      case Finding::Kind::kWarn:
        texts.push_back("warn: " + finding.text());
        break;
    }
  }
  return texts;
}

}  // namespace job
