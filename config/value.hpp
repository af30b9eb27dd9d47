#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sallyport::config {

/// A place in a configuration file. Line and column count from 1; 0 means the whole file.
struct Position {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

struct Member;
struct Value;
using List = std::vector<Value>;
using Table = std::vector<Member>;

/// A TOML value that no key takes, such as a float; `what` says which, such as "a float".
struct Unusable {
    std::string_view what;
};

/// One value of a configuration file and where it stands.
struct Value {
    Position at;
    std::variant<std::string, std::int64_t, bool, std::chrono::sys_days, List, Table, Unusable>
        data;
};

/// One `key = value`, or one table under its name.
struct Member {
    std::string key;
    Position at;  ///< of the key
    Value value;
};

/// What a value is, for messages: "a string", "an integer", ...
[[nodiscard]] std::string_view type_of(const Value& value);

/// The folder of the file that the value stands in: where relative paths begin.
[[nodiscard]] std::filesystem::path folder_of(const Value& value);

}  // namespace sallyport::config
