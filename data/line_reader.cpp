#include "data/line_reader.h"

#include <algorithm>
#include <streambuf>
#include <string_view>
#include <utility>

#include "model/error.h"

namespace axnn {

LineReader::LineReader(std::istream& in, std::string where)
    : in_(in), where_(std::move(where)), block_(std::size_t{1} << 16) {}

bool LineReader::refill() {
  std::streambuf& source = *in_.rdbuf();
  at_ = 0;
  end_ = 0;
  // A pipe gives what it has; of the first block as much as there is, to see what the text is.
  while (end_ < block_.size() && (end_ == 0 || (!started_ && source.in_avail() > 0))) {
    if (source.sgetc() == std::char_traits<char>::eof()) break;
    const auto most = static_cast<std::streamsize>(block_.size() - end_);
    const std::streamsize there = std::clamp<std::streamsize>(source.in_avail(), 1, most);
    end_ += static_cast<std::size_t>(source.sgetn(block_.data() + end_, there));
  }
  return end_ > 0;
}

bool LineReader::paused() const {
  const std::size_t stop =
      std::string_view(block_.data() + at_, end_ - at_).find(stop_);
  return stop == std::string_view::npos && in_.rdbuf()->in_avail() == 0;
}

void LineReader::check_kind() const {
  const std::string_view head(block_.data(), end_);
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
    throw Error("text in UTF-16", where_, "save it as UTF-8");
  }
  if (head.starts_with("\x1F\x8B")) throw Error("a gzip file", where_, "unpack it: gunzip");
  if (head.starts_with("PK\x03\x04")) {
    throw Error("a ZIP file or a spreadsheet", where_, "unpack it, or save the sheet as CSV");
  }
}

bool LineReader::next(std::string& line) {
  line.clear();
  broken_ = true;  // unless all goes well
  const bool more = take(line);
  broken_ = false;
  if (line.find('\0') != line.npos) {
    throw Error("a NUL byte", where_ + ", line " + std::to_string(line_),
                "a table is text: is it the right file?");
  }
  if (stop_ == '\n' && line.ends_with('\r')) line.pop_back();
  return more;
}

bool LineReader::take(std::string& line) {
  if (at_ == end_ && !refill()) return false;
  if (!started_) {
    started_ = true;
    check_kind();
    const std::string_view head(block_.data(), end_);
    if (head.starts_with("\xEF\xBB\xBF")) at_ = 3;
    if (head.find('\n') == head.npos && head.find('\r') != head.npos) stop_ = '\r';
    if (at_ == end_ && !refill()) return false;
  }
  ++line_;
  while (true) {
    const char* const begin = block_.data() + at_;
    const char* const end = block_.data() + end_;
    const char* const stop = std::find(begin, end, stop_);
    line.append(begin, stop);
    at_ = static_cast<std::size_t>(stop - block_.data());
    if (line.size() > kMaxLine) {
      throw Error("a line of more than " + std::to_string(kMaxLine) + " bytes",
                  where_ + ", line " + std::to_string(line_), "is it the right file?");
    }
    if (stop != end) {
      ++at_;
      break;
    }
    if (!refill()) break;
  }
  return true;
}

}  // namespace axnn
