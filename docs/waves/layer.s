# A layer of one sample: 24 inputs, 16 outputs, its weights in the buffer.
setmode M0 level=0
recv bank=0 words=3
layer in=3 out=2 weights=0 bias=0 from=0 to=1 act=relu shift=8
halt
