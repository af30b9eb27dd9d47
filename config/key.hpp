#pragma once

#include <string>
#include <utility>

#include "config/readers.hpp"
#include "config/schema.hpp"

namespace sallyport::config {

/// A row of the schema: `field` points to the place in the draft that the value goes to.
template <class T, class Field>
[[nodiscard]] Key key(std::string name, Reader<T> reader, std::string fallback, std::string doc,
                      Field field) {
    auto set = [read = std::move(reader.read), field](const Value& value, Draft& draft,
                                                      Report& report) {
        if (auto result = read(value, report)) *field(draft) = std::move(*result);
    };
    return {std::move(name),
            std::move(reader.type),
            std::move(fallback),
            {},
            std::move(doc),
            std::move(set),
            false,
            std::move(reader.shown)};
}

/// The same for a key whose default cannot be written as a value: `absent` says what holds without
/// it.
template <class T, class Field>
[[nodiscard]] Key optional_key(std::string name, Reader<T> reader, std::string absent,
                               std::string doc, Field field) {
    Key row = key(std::move(name), std::move(reader), {}, std::move(doc), field);
    row.absent = std::move(absent);
    return row;
}

/// The same for a key that must be written.
template <class T, class Field>
[[nodiscard]] Key required_key(std::string name, Reader<T> reader, std::string doc, Field field) {
    Key row = optional_key(std::move(name), std::move(reader), "required", std::move(doc), field);
    row.required = true;
    return row;
}

}  // namespace sallyport::config
