# A layer of a batch of eight samples: 8 inputs, 16 outputs, to the output stream.
setmode M0 level=0
recv bank=0 words=1 samples=8
batch in=8 out=2 weights=0 bias=0 from=0 to=stream act=raw shift=0 samples=8 split=0
halt
