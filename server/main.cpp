#include "server/cli/cli.hpp"

int main(int argc, char** argv) {
    return sallyport::cli::run(argc, argv);
}
