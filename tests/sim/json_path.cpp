#include "tests/sim/json_path.h"

#include <utility>

namespace sim {

const json::Value* valueAt(const json::Value& root, std::initializer_list<std::string_view> path) {
  const json::Value* value = &root;
  for (const std::string_view key : path) {
    const json::Object* object = value->object();
    value = object == nullptr ? nullptr : object->find(key);
    if (value == nullptr) return nullptr;
  }
  return value;
}

json::Value* valueAt(json::Value& root, std::initializer_list<std::string_view> path) {
  return const_cast<json::Value*>(valueAt(std::as_const(root), path));
}

std::string textAt(const json::Value& root, std::initializer_list<std::string_view> path) {
  const json::Value* value = valueAt(root, path);
  const std::string* text = value == nullptr ? nullptr : value->string();
  return text == nullptr ? std::string() : *text;
}

std::vector<std::string> textsAt(const json::Value& root,
                                 std::initializer_list<std::string_view> path) {
  std::vector<std::string> texts;
  const json::Value* value = valueAt(root, path);
  const json::Array* array = value == nullptr ? nullptr : value->array();
  if (array == nullptr) return texts;
  for (const json::Value& element : *array) {
    if (element.string() != nullptr) texts.push_back(*element.string());
  }
  return texts;
}

bool flagAt(const json::Value& root, std::initializer_list<std::string_view> path) {
  const json::Value* value = valueAt(root, path);
  return value != nullptr && value->boolean() != nullptr && *value->boolean();
}

json::Value arrayOf(const std::vector<std::string>& texts) {
  json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

}  // namespace sim
