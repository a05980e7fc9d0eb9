#include "common/json/value.h"

#include <algorithm>
#include <unordered_map>

namespace json {
namespace {

/// Without the cost of comparing each with each: an object from outside may have any number of
/// members. Of a few, which is nearly all objects, comparing costs less than sorting.
bool namesAreUnique(const std::vector<Object::Member>& members) {
  constexpr std::size_t kFew = 12;
  if (members.size() <= kFew) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (members[i].first == members[k].first) return false;
      }
    }
    return true;
  }
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const auto& member : members) names.emplace_back(member.first);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}

}  // namespace

Object::Object() = default;
Object::Object(std::initializer_list<Member> members) : Object(fromMembers(members)) {}
Object::~Object() = default;
Object::Object(const Object&) = default;
Object::Object(Object&&) noexcept = default;
Object& Object::operator=(const Object&) = default;
Object& Object::operator=(Object&&) noexcept = default;

Object Object::fromMembers(std::vector<Member> members) {
  Object object;
  if (namesAreUnique(members)) {
    object.members_ = std::move(members);
    return object;
  }
  std::unordered_map<std::string, std::size_t> places;
  for (auto& [key, value] : members) {
    const auto [place, isNew] = places.try_emplace(key, object.members_.size());
    if (isNew) {
      object.members_.emplace_back(std::move(key), std::move(value));
    } else {
      object.members_[place->second].second = std::move(value);
    }
  }
  return object;
}

const Value* Object::find(std::string_view key) const {
  for (const auto& member : members_) {
    if (member.first == key) return &member.second;
  }
  return nullptr;
}

Value* Object::find(std::string_view key) {
  return const_cast<Value*>(std::as_const(*this).find(key));
}

Value& Object::operator[](std::string_view key) {
  if (Value* value = find(key)) return *value;
  return members_.emplace_back(key, nullptr).second;
}

void Object::set(std::string_view key, Value value) {
  (*this)[key] = std::move(value);
}

bool Object::erase(std::string_view key) {
  return std::erase_if(members_, [&](const Member& member) { return member.first == key; }) > 0;
}

std::size_t Object::size() const {
  return members_.size();
}
bool Object::empty() const {
  return members_.empty();
}
Object::const_iterator Object::begin() const {
  return members_.begin();
}
Object::const_iterator Object::end() const {
  return members_.end();
}
Object::iterator Object::begin() {
  return members_.begin();
}
Object::iterator Object::end() {
  return members_.end();
}

bool operator==(const Object& a, const Object& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto& [key, value] = a.members_[i];
    const bool same_place = b.members_[i].first == key;  // the usual case, and then no search
    const Value* other = same_place ? &b.members_[i].second : b.find(key);
    if (other == nullptr || !(*other == value)) return false;
  }
  return true;
}

Value& Value::operator[](std::string_view key) {
  if (object() == nullptr) data_ = Object();
  return (*object())[key];
}

}  // namespace json
