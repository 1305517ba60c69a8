#include "estimate/estimator.h"
#include "evaluate/evaluate.h"
#include "mapping/own_macs.h"

namespace weir::evaluate {

stats::LayerStats count(const Job& job, const Accelerator& accelerator) {
  if (job.layer.macs() == 0) return estimate(job, accelerator);
  const auto evaluation = estimate::Estimator(job.layer, accelerator, job.overlap).evaluate(job.mapping);
  stats::LayerStats result;
  result.macs = performed_macs(job.layer, accelerator);
  result.cycles = evaluation.cycles;
  result.active_pes = evaluation.active_pes;
  result.counts = evaluation.counts;
  return result;
}

}  // namespace weir::evaluate
