// Figures of the paper that more than one part of the program compares with.
#pragma once

namespace axnn {

/// Clock period of the paper's accelerator in modes M0, M1, M2, ns (Sec. IV: the multiplier's
/// critical path at 65 nm). Reproduces the GOPS of its Table III.
inline constexpr double kPaperClockNs[] = {0.60, 0.41, 0.34};

}  // namespace axnn
