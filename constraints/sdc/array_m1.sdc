# Mode M1 of an array of PEs: as block_m1. Mode and mapping change only while nothing is in flight.
source $::env(AXNN_CONSTRAINTS)/sdc/block_m1.sdc
set_false_path -from [get_ports batch_i]
