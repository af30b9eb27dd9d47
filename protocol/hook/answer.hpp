#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "auth/method.hpp"

namespace sallyport::hook {

/// What a hook says about somebody. Settings are as written, not checked yet.
struct Answer {
    enum class Result {
        accept,
        more,  ///< right so far; `missing` is still to be shown
        reject,
        unknown,  ///< somebody else may know the user
    };
    Result result = Result::reject;
    auth::Combinations missing;  ///< as in `auth::Partial::rest`
    std::optional<std::string> policy;
    std::optional<std::string> home;
    std::optional<std::string> max_file_size;
    std::optional<std::string> overwrite;
    std::optional<std::string> expires;
};

/// Why a text is no answer: a sentence part in lower case. It quotes nothing of the text.
struct AnswerProblem {
    std::string sentence;
};

/// Called by `value()` on a text that was refused: throws std::runtime_error.
[[noreturn]] void throw_exception_from_error(const AnswerProblem& problem,
                                             const boost::source_location& where);

/// Reads the body of a response. Strict: what is unknown, missing or out of place is a mistake,
/// since it may have been meant to forbid something.
[[nodiscard]] boost::system::result<Answer, AnswerProblem> parse_answer(std::string_view body);

}  // namespace sallyport::hook
