#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"
#include "common/json/view.h"

namespace job {

// Why something of a Cluster does not get on, in the words of who runs it.

/// "<message> (<reason>)", as far as there is one.
std::string because(const std::string& reason, const std::string& message);

/// The text of the newest Warning about that PersistentVolumeClaim among the Events; "": none.
std::string lastWarningAbout(const std::vector<json::Value>& events, const std::string& claim);

/// "; Pod x can't be scheduled: ...", or "; Pod x can't get its image: ..."; "": it can.
std::string whyPodWaits(const json::View& pod);

/// An entry of a Pod's containerStatuses.
bool isCrashLooping(const json::View& container);
std::string whyCrashLooping(const json::View& pod, const json::View& container);

}  // namespace job
