#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace job {

/// The bytes of a Kubernetes quantity: "50Gi", "1.5G", "10737418240". Empty for what is none.
std::optional<double> bytesOfQuantity(std::string_view text);
/// For people: "50Gi", "1.5Gi", "512Mi".
std::string humanSize(double bytes);

}  // namespace job
