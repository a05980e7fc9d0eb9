#include "common/k8s/transport/secrets.h"

#include <algorithm>

#include "common/k8s/connection/base64.h"

namespace k8s {

void Secrets::add(std::string_view secret) {
  if (secret.size() < kShortest) return;
  if (std::ranges::find(forms_, secret) != forms_.end()) return;
  forms_.emplace_back(secret);
  const std::string encoded = encodeBase64(secret);
  forms_.push_back(encoded);
  forms_.push_back(encoded.substr(0, encoded.find('=')));
  // Its end looks different with something behind it.
  forms_.push_back(encoded.substr(0, secret.size() / 3 * 4));
  // One that is part of another must not leave the rest of that standing.
  std::ranges::stable_sort(forms_, std::ranges::greater(), &std::string::size);
}

std::string Secrets::redacted(std::string text) const {
  constexpr std::string_view kInstead = "[redacted]";
  for (const std::string& form : forms_) {
    for (auto at = text.find(form); at != std::string::npos; at = text.find(form, at)) {
      text.replace(at, form.size(), kInstead);
      at += kInstead.size();
    }
  }
  return text;
}

}  // namespace k8s
