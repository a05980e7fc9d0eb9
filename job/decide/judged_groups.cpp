#include "job/decide/judged_groups.h"

namespace job {
namespace {

template <typename Record, typename Model>
void judgementFields(Record& record, Model& judgement) {
  auto& [verdict, reason, nothing_missing] = judgement;
  record.small(verdict);
  record.shared(reason);
  record.small(nothing_missing);
}

}  // namespace

void pack(RecordWriter& record, const Judgement& judgement) {
  judgementFields(record, judgement);
}

void unpack(RecordReader& record, Judgement& judgement) {
  judgementFields(record, judgement);
}

JudgedGroups::JudgedGroups(BackupGroups groups) : groups_(std::move(groups)) {
  for (std::size_t i = 0; i < groups_.size(); ++i) judgements_.push_back({});
}

void JudgedGroups::push_back(const JudgedGroup& judged) {
  groups_.push_back(judged.group);
  judgements_.push_back(judged.judgement);
}

void JudgedGroups::set(std::size_t index, const JudgedGroup& judged) {
  groups_.set(index, judged.group);
  judgements_.set(index, judged.judgement);
}

void JudgedGroups::erase(std::size_t index) {
  groups_.erase(index);
  judgements_.erase(index);
}

}  // namespace job
