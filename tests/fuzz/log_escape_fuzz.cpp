// Client bytes in events: one line, valid JSON, no control characters, whatever they are.

#include <boost/json/parse.hpp>
#include <cstdint>

#include "server/events/escape.hpp"
#include "server/events/format.hpp"
#include "storage/utf8.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sallyport;
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const std::string escaped = events::escape(bytes);
    fuzz::require(storage::is_acceptable_text(escaped), "what is escaped deceives nobody");
    fuzz::require(escaped.size() <= 4 * events::max_field_bytes + 3, "and is bounded");
    const events::Fields fields{{"path", bytes}};
    const std::string json = events::to_json({}, events::Level::info, "file.received", fields);
    const std::string text = events::to_text({}, events::Level::info, "file.received", fields);
    fuzz::require(storage::is_acceptable_text(json) && storage::is_acceptable_text(text),
                  "a line is one line");
    const auto parsed = boost::json::parse(json);
    fuzz::require(parsed.at("path").as_string() == escaped, "JSON holds the escaped text");
    return 0;
}
