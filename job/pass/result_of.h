#pragma once

#include <functional>
#include <string>
#include <vector>

#include "job/pass/session.h"
#include "job/report/pass_result.h"

namespace job {

/// The frame of a command that ends with a PassResult: which, of what, how long it took and, where
/// `work` failed, why. `work` fills in the rest.
PassResult resultOf(Session& session, const std::string& command,
                    const std::function<Outcome<void>(PassResult&)>& work);

/// What the server said of what it was sent, such as fields that it does not know: logged already.
void keepServerWarnings(const Session& session, std::vector<std::string>& warnings);

/// Logged, and kept in the result, once.
void warn(Session& session, PassResult& result, const std::string& warning);

}  // namespace job
