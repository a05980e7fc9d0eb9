#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace job {

/// The bytes of a Kubernetes quantity (apimachinery's resource.Quantity): "50Gi", "1.5G", "1e3",
/// "10737418240"; a suffix or an exponent, not both. Empty for what is none or negative.
std::optional<double> bytesOfQuantity(std::string_view text);
/// The one of most bytes, as it is written, of the first of equals; those that are none count for
/// nothing. "" when there is none.
std::string greatestQuantity(const std::vector<std::string>& quantities);
/// For people: "50Gi", "1.5Gi", "512Mi".
std::string humanSize(double bytes);

}  // namespace job
