#include "tests/sim/selectors.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

#include "tests/sim/json_path.h"
#include "tests/sim/object_meta.h"
#include "tests/sim/status_error.h"

namespace sim {

class LabelSelector::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  tl::expected<std::vector<Requirement>, std::string> run() {
    std::vector<Requirement> requirements;
    skipBlanks();
    if (atEnd()) return requirements;
    while (true) {
      tl::expected<Requirement, std::string> requirement = parseRequirement();
      if (!requirement) return tl::unexpected(requirement.error());
      requirements.push_back(std::move(*requirement));
      if (atEnd()) return requirements;
      if (!accept(",")) return unexpectedText("',' or 'end of string'");
    }
  }

 private:
  tl::expected<Requirement, std::string> parseRequirement() {
    Requirement requirement;
    const bool negated = accept("!");
    requirement.key = word();
    if (requirement.key.empty()) return unexpectedText("identifier");
    if (negated) {
      requirement.op = Operator::kDoesNotExist;
      return requirement;
    }
    if (atEnd() || text_[at_] == ',') return requirement;
    if (accept("==") || accept("=")) {
      requirement.op = Operator::kIn;
      requirement.values = {word()};
      return requirement;
    }
    if (accept("!=")) {
      requirement.op = Operator::kNotIn;
      requirement.values = {word()};
      return requirement;
    }
    const std::string op = word();
    if (op != "in" && op != "notin") {
      at_ -= op.size();
      return unexpectedText("in, notin, =, ==, !=, gt, lt");
    }
    requirement.op = op == "in" ? Operator::kIn : Operator::kNotIn;
    if (!accept("(")) {
      return tl::unexpected("unable to parse requirement: found '" + word() + "' expected: '('");
    }
    do {
      requirement.values.push_back(word());
    } while (accept(","));
    if (!accept(")")) return unexpectedText("',', or ')'");
    return requirement;
  }

  bool atEnd() const { return at_ == text_.size(); }

  void skipBlanks() {
    while (!atEnd() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  bool accept(std::string_view token) {
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    skipBlanks();
    return true;
  }

  std::string word() {
    const std::size_t start = at_;
    while (!atEnd() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                        std::string_view("-_./").find(text_[at_]) != std::string_view::npos)) {
      ++at_;
    }
    std::string result(text_.substr(start, at_ - start));
    skipBlanks();
    return result;
  }

  tl::unexpected<std::string> unexpectedText(std::string_view expected) const {
    return tl::unexpected("unable to parse requirement: found '" + std::string(text_.substr(at_)) +
                          "', expected: " + std::string(expected));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

tl::expected<LabelSelector, std::string> LabelSelector::parse(std::string_view text) {
  auto requirements = Parser(text).run();
  if (!requirements) return tl::unexpected(requirements.error());
  for (const Requirement& requirement : *requirements) {
    for (const std::string& value : requirement.values) {
      if (!labelValueProblems(value).empty()) {
        return tl::unexpected("unable to parse requirement: values[0][" + requirement.key +
                              "]: Invalid value: " + quoted(value) + ": " +
                              labelValueProblems(value).front());
      }
    }
  }
  LabelSelector selector;
  selector.requirements_ = std::move(*requirements);
  return selector;
}

bool LabelSelector::matches(const json::Value& object) const {
  for (const Requirement& requirement : requirements_) {
    const json::Value* label = valueAt(object, {"metadata", "labels", requirement.key});
    const std::string* value = label == nullptr ? nullptr : label->string();
    const bool present = value != nullptr;
    const bool listed = present && std::find(requirement.values.begin(), requirement.values.end(),
                                             *value) != requirement.values.end();
    switch (requirement.op) {
      case Operator::kIn:
        if (!listed) return false;
        break;
      case Operator::kNotIn:
        if (listed) return false;
        break;
      case Operator::kExists:
        if (!present) return false;
        break;
      case Operator::kDoesNotExist:
        if (present) return false;
        break;
    }
  }
  return true;
}

tl::expected<FieldSelector, std::string> FieldSelector::parse(std::string_view text) {
  FieldSelector selector;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view term = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    if (term.empty()) continue;

    const std::size_t sign = term.find_first_of("!=");
    if (sign == std::string_view::npos) {
      return tl::unexpected("invalid selector: '" + std::string(term) + "'; can't understand '" +
                            std::string(term) + "'");
    }
    Requirement requirement;
    requirement.field = term.substr(0, sign);
    requirement.equal = term[sign] != '!';
    std::string_view value = term.substr(sign + 1);
    if (!value.empty() && value.front() == '=') value.remove_prefix(1);
    requirement.value = value;
    if (requirement.field != "metadata.name" && requirement.field != "metadata.namespace") {
      return tl::unexpected(quoted(requirement.field) +
                            " is not a known field selector: only \"metadata.name\", "
                            "\"metadata.namespace\"");
    }
    selector.requirements_.push_back(std::move(requirement));
  }
  return selector;
}

bool FieldSelector::matches(const json::Value& object) const {
  for (const Requirement& requirement : requirements_) {
    const std::string actual =
        requirement.field == "metadata.name" ? nameOf(object) : namespaceOf(object);
    if ((actual == requirement.value) != requirement.equal) return false;
  }
  return true;
}

}  // namespace sim
