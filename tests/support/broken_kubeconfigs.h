#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace testing_support {

/// A way to get a kubeconfig wrong, and what somebody who did has to be told: a row of
/// tests/data/broken_kubeconfigs.yaml.
struct BrokenKubeconfig {
  std::string name;
  std::map<std::string, std::string> files;  // name in the folder and content
  std::vector<std::string> list;             // KUBECONFIG's; empty: --kubeconfig FOLDER/config
  std::string context;                       // --context
  std::map<std::string, std::string> environment;
  std::vector<std::string> says;    // parts of the message
  bool is_found_by_reading = true;  // else only by the transport, or the program

  friend std::ostream& operator<<(std::ostream& out, const BrokenKubeconfig& row) {
    return out << row.name;
  }
};

/// The table's rows, with certificates made anew; "$DIR" in them stands for the files' folder.
std::vector<BrokenKubeconfig> brokenKubeconfigs(const std::string& table);
/// A row as it is with its files in `folder`.
BrokenKubeconfig placedIn(const std::string& folder, BrokenKubeconfig row);

/// What no message may hold: the secret that the rows have in their credentials, plain and encoded.
std::vector<std::string> secretsOfBrokenKubeconfigs();

}  // namespace testing_support
