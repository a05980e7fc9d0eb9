#include "job/cli/command_line.h"

#include <algorithm>
#include <string_view>

#include "job/cli/nearest.h"
#include "job/cli/quoted.h"

namespace job {
namespace {

template <typename Matches>
const Flag* findFlag(Matches matches) {
  const auto flags = allFlags();
  const auto flag = std::ranges::find_if(flags, matches);
  return flag == flags.end() ? nullptr : &*flag;
}

const Flag* flagNamed(std::string_view name) {
  return findFlag([&](const Flag& flag) { return flag.name == name; });
}

const Flag* flagOfLetter(char letter) {
  return findFlag([&](const Flag& flag) { return flag.letter != 0 && flag.letter == letter; });
}

std::string unknownFlag(const std::string& typed, std::string_view name) {
  std::vector<std::string_view> names = {"help", "version"};
  for (const Flag& flag : allFlags()) names.push_back(flag.name);
  const auto meant = nearest(name, names);
  if (meant.empty()) return "unknown flag " + escaped(typed) + "; see --help";
  if (typed == "--" + std::string(meant)) return "flag " + typed + " takes no value";
  return "unknown flag " + escaped(typed) + "; did you mean --" + std::string(meant) + "?";
}

/// "-5m" is a value that is wrong, "--dry-run" is the next flag.
bool looksLikeFlag(const std::string& text) {
  return text.size() > 1 && text[0] == '-' && !(text[1] >= '0' && text[1] <= '9');
}

/// Walks over the arguments once.
class Reader {
 public:
  explicit Reader(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  tl::expected<CommandLine, std::string> read() {
    for (; next_ < arguments_.size(); ++next_) {
      const std::string& argument = arguments_[next_];
      if (argument == "--") {
        line_.words.insert(line_.words.end(), arguments_.begin() + static_cast<long>(next_) + 1,
                           arguments_.end());
        break;
      }
      if (argument.starts_with("--")) {
        readLong(argument);
      } else if (argument.size() > 1 && argument[0] == '-') {
        readShort(argument);
      } else {
        line_.words.push_back(argument);
      }
      if (!error_.empty()) return tl::unexpected(error_);
    }
    return std::move(line_);
  }

 private:
  void readLong(const std::string& argument) {
    if (argument == "--version") {
      line_.wants_version = true;
      return;
    }
    const auto equals = argument.find('=');
    const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    const Flag* flag = flagNamed(name);
    if (flag == nullptr) {
      error_ = unknownFlag("--" + name, name);
    } else if (equals != std::string::npos) {
      line_.flags.push_back({flag, argument.substr(equals + 1)});
    } else {
      takeValue(*flag);
    }
  }

  void readShort(const std::string& argument) {
    // -namespace is no -n with the value "amespace".
    const std::string_view word = std::string_view(argument).substr(1, argument.find('=') - 1);
    const Flag* flag = flagOfLetter(argument[1]);
    if (flag == nullptr || (word.size() > 1 && (flagNamed(word) != nullptr || word == "help"))) {
      error_ = unknownFlag("-" + std::string(word), word);
      return;
    }
    std::string value = argument.substr(2);
    if (value.empty()) {
      takeValue(*flag);
      return;
    }
    if (value[0] == '=') value.erase(0, 1);
    line_.flags.push_back({flag, value});
  }

  void takeValue(const Flag& flag) {
    if (flag.isBoolean()) {
      line_.flags.push_back({&flag, "true"});
    } else if (next_ + 1 < arguments_.size() && !looksLikeFlag(arguments_[next_ + 1])) {
      line_.flags.push_back({&flag, arguments_[++next_]});
    } else {
      const std::string name = "--" + std::string(flag.name);
      error_ = "flag " + name + " needs a value: " + name + "=" + std::string(flag.value);
    }
  }

  const std::vector<std::string>& arguments_;
  std::size_t next_ = 0;
  CommandLine line_;
  std::string error_;
};

}  // namespace

tl::expected<CommandLine, std::string> readCommandLine(const std::vector<std::string>& arguments) {
  return Reader(arguments).read();
}

}  // namespace job
