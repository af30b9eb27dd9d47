#pragma once

namespace sallyport::cli {

/// Runs the sub-command that the arguments name. Results go to standard output, errors to standard
/// error, one line each. Returns the exit status: 0, 1 when the command refused or failed, 2 when
/// it was not understood.
[[nodiscard]] int run(int argc, char** argv);

}  // namespace sallyport::cli
