#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "job/model/record.h"

namespace job {

/// Iterates over a list whose elements are made when they are asked for.
template <typename List, typename Element>
class ByValueIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Element;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = Element;

  ByValueIterator() = default;
  ByValueIterator(const List& list, std::size_t index) : list_(&list), index_(index) {}

  Element operator*() const { return (*list_)[index_]; }
  ByValueIterator& operator++() {
    ++index_;
    return *this;
  }
  ByValueIterator operator++(int) { return {*list_, index_++}; }
  friend bool operator==(const ByValueIterator&, const ByValueIterator&) = default;

 private:
  const List* list_ = nullptr;
  std::size_t index_ = 0;
};

/// A list of models as records: a tenth of what the models themselves take, so that tens of
/// thousands fit into little memory. What is taken out is a copy; set() puts a changed one back.
/// `Model` has two functions, pack(RecordWriter&, const Model&) and unpack(RecordReader&, Model&).
template <typename Model>
class PackedList {
 public:
  using value_type = Model;
  using const_iterator = ByValueIterator<PackedList, Model>;

  PackedList() = default;
  PackedList(const std::vector<Model>& models) { append(models); }
  PackedList(std::initializer_list<Model> models) { append(models); }

  // NOLINTNEXTLINE(readability-identifier-naming): as the standard's containers have it
  void push_back(const Model& model) { places_.push_back(store(packed(model))); }
  /// In the place of the record before, unless that has too little room: then it takes its memory
  /// until the list is gone.
  void set(std::size_t index, const Model& model) {
    const std::string record = packed(model);
    Place& place = places_[index];
    if (record.size() <= place.room) {
      std::copy(record.begin(), record.end(), chunks_[place.chunk].begin() + place.offset);
    } else {
      place = store(record);
    }
  }
  void erase(std::size_t index) {
    places_.erase(places_.begin() + static_cast<std::ptrdiff_t>(index));
  }
  void clear() { *this = PackedList(); }

  Model operator[](std::size_t index) const {
    RecordReader reader(shared_, recordAt(index));
    Model model;
    unpack(reader, model);
    return model;
  }
  /// The text that its record begins with; valid until the list is changed.
  std::string_view firstText(std::size_t index) const {
    return RecordReader(shared_, recordAt(index)).textView();
  }

  std::size_t size() const { return places_.size(); }
  bool empty() const { return places_.empty(); }
  const_iterator begin() const { return {*this, 0}; }
  const_iterator end() const { return {*this, size()}; }

 private:
  struct Place {
    std::uint32_t chunk;
    std::uint32_t offset;
    std::uint32_t room;  // bytes, as the longest record that was there
  };

  template <typename Models>
  void append(const Models& models) {
    for (const Model& model : models) push_back(model);
  }

  std::string packed(const Model& model) {
    std::string record;
    RecordWriter writer(shared_, record);
    pack(writer, model);
    return record;
  }

  /// Chunks do not move, as one growing piece would, which takes twice its memory each time.
  Place store(const std::string& record) {
    constexpr std::size_t kSmallest = 1'024;
    constexpr std::size_t kLargest = 65'536;
    if (chunks_.empty() || chunks_.back().capacity() - chunks_.back().size() < record.size()) {
      const std::size_t next =
          chunks_.empty() ? kSmallest : std::min(2 * chunks_.back().capacity(), kLargest);
      chunks_.emplace_back().reserve(std::max(next, record.size()));
    }
    const Place place{static_cast<std::uint32_t>(chunks_.size() - 1),
                      static_cast<std::uint32_t>(chunks_.back().size()),
                      static_cast<std::uint32_t>(record.size())};
    chunks_.back() += record;
    return place;
  }

  const char* recordAt(std::size_t index) const {
    return chunks_[places_[index].chunk].data() + places_[index].offset;
  }

  SharedTexts shared_;
  std::vector<std::string> chunks_;
  std::vector<Place> places_;
};

}  // namespace job
