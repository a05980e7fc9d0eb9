#include "job/cli/manual_page.h"

#include "job/cli/completion_words.h"
#include "job/cli/flag_table.h"
#include "job/cli/help_texts.h"
#include "job/failure.h"

namespace job {
namespace {

/// Text as roff prints it: dashes that can be copied, and `what stands in backticks` bold.
std::string roff(std::string_view text) {
  std::string out;
  bool is_bold = false;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        is_bold = !is_bold;
        out += is_bold ? "\\fB" : "\\fP";
        break;
      default:
        out += c;
    }
  }
  // A line that begins with a full stop is a request.
  return (out.starts_with('.') ? "\\&" : "") + out;
}

std::string bold(std::string_view text) {
  return "\\fB" + roff(text) + "\\fP";
}

std::string italic(std::string_view text) {
  return "\\fI" + roff(text) + "\\fP";
}

std::string section(std::string_view title) {
  return ".SH " + std::string(title) + "\n";
}

std::string subsection(std::string_view title) {
  if (title.ends_with(':')) title.remove_suffix(1);
  return ".SS " + roff(title) + "\n";
}

std::string entry(const std::string& head, std::string_view text) {
  return ".TP\n" + head + "\n" + roff(text) + "\n";
}

std::string commands() {
  std::string out;
  for (const auto& [of, title] : kCommandSections) {
    out += subsection(title);
    for (const CommandInfo& info : allCommands()) {
      if (info.section != of) continue;
      std::string head = bold(info.name);
      if (!info.arguments.empty()) head += " " + italic(info.arguments);
      out += entry(head, info.description);
    }
  }
  return out;
}

std::string entryOf(const Flag& flag) {
  std::string head;
  for (const std::string& form : formsOf(flag)) head += (head.empty() ? "" : ", ") + bold(form);
  if (!flag.isBoolean()) head += " " + italic(flag.value);
  return entry(head, describeFlag(flag, nullptr));
}

std::string sharedFlags() {
  std::string out;
  for (const auto& [of, title] : kFlagSections) {
    std::string entries;
    for (const Flag& flag : allFlags()) {
      if (flag.section == of && flag.scope.shared) entries += entryOf(flag);
    }
    if (!entries.empty()) out += subsection(title) + entries;
  }
  return out;
}

std::string flagsOfOneCommand() {
  std::string out;
  for (const CommandInfo& info : allCommands()) {
    std::string entries;
    for (const Flag& flag : allFlags()) {
      if (!flag.scope.shared && flag.isUsedBy(info.command)) entries += entryOf(flag);
    }
    if (!entries.empty()) out += subsection("Of " + std::string(info.name) + " alone") + entries;
  }
  return out;
}

std::string exitCodes() {
  std::string out;
  for (const auto& [code, meaning] : kExitCodes) {
    out += entry(bold(std::to_string(static_cast<int>(code))), meaning);
  }
  return out;
}

std::string files() {
  return entry(italic("~/.kube/config"),
               "How to reach the cluster, unless --kubeconfig, KUBECONFIG or a pod's service "
               "account says so.") +
         entry(italic("/dev/termination-log"),
               "Where this exists, the result is written to it too, for Kubernetes to show.");
}

std::string examples() {
  std::string out;
  for (const auto& [line, meaning] : kExamples) out += entry(bold(line), meaning);
  return out;
}

}  // namespace

std::string manualPage(std::string_view version) {
  return ".TH NOOBAA\\-DB\\-BACKUP 1 \"\" \"noobaa\\-db\\-backup " + roff(version) + "\"\n" +
         // No word is broken: flags and paths are there to be copied.
         ".nh\n.ad l\n" + section("NAME") +
         "noobaa\\-db\\-backup \\- back up and recover a NooBaa system\\(aqs database\n" +
         section("SYNOPSIS") + bold("noobaa-db-backup") + " [" + italic("COMMAND") + "] [" +
         italic("flags") + "]\n" + section("DESCRIPTION") + roff(kWhatItIs) + "\n.PP\n" +
         roff(kHelpHint) + "\n" + section("COMMANDS") + commands() + section("FLAGS") +
         sharedFlags() + flagsOfOneCommand() + section("ENVIRONMENT") + roff(kEnvironmentRule) +
         "\n" + section("EXIT STATUS") + exitCodes() + section("FILES") + files() +
         section("EXAMPLES") + examples() + section("SEE ALSO") + "\\fBkubectl\\fP(1)\n";
}

}  // namespace job
