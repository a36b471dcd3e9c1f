// The one error type of every library here. A message is one line: what went wrong, where, and
// how to mend it. Functions that can fail say so in their comment; cli/main.cpp prints the line.
#pragma once

#include <stdexcept>
#include <string>

namespace axnn {

/// Thrown by library code for bad input and failed operations (never for a bug: those assert).
/// what() reads "WHAT (WHERE); MEND"; an empty part is left out.
class Error : public std::runtime_error {
 public:
  Error(const std::string& what, const std::string& where, const std::string& mend = "")
      : std::runtime_error(what + (where.empty() ? "" : " (" + where + ")") +
                           (mend.empty() ? "" : "; " + mend)) {}
};

/// What was asked for does not exist or does not go together: the command line is at fault, not a
/// file. cli/main.cpp ends with exit code 2 instead of 1.
class UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace axnn
