// The lines of a stream of text, however it ends them.
#pragma once

#include <istream>
#include <string>
#include <vector>

namespace axnn {

/// Reads a text line by line; its memory is that of one line. Lines end with LF, CR LF or (if the
/// text has no LF at its beginning) CR; a UTF-8 byte-order mark is dropped.
class LineReader {
 public:
  /// `where` names the text in messages.
  LineReader(std::istream& in, std::string where);

  /// The next line without its end; false after the last. Throws Error for what is no text: a NUL
  /// byte, UTF-16, a compressed file, a line of more than kMaxLine bytes.
  bool next(std::string& line);

  /// True if the next line would have to be waited for: the stream is a pipe that has no more now.
  /// (So says its buffer's in_avail(), which may also be 0 at the end.)
  bool paused() const;
  /// True if reading ended with an Error after which there is no next line.
  bool broken() const { return broken_; }

  static constexpr std::size_t kMaxLine = std::size_t{1} << 21;

 private:
  bool refill();
  bool take(std::string& line);
  void check_kind() const;

  std::istream& in_;
  std::string where_;
  std::vector<char> block_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  char stop_ = '\n';
  bool started_ = false;
  bool broken_ = false;
  int line_ = 0;
};

}  // namespace axnn
