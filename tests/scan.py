#!/usr/bin/env python3
"""Can a netlist be tested by scan? Of each netlist, in test mode (test_en_i = scan_mode_i = 1):

  clocks    the clock of every flip-flop and memory is the port clk_i: no gate in between is closed
  resets    the reset of every flip-flop is the port rst_ni, and no latch is left that could hold anything
  memories  scan_mode_i reaches every memory from the port
  chains    all flip-flops in chains of 128 or fewer, as a synthesis tool stitches them: random bits come out
            as they went in while all inputs change at random (Icarus); then one capture, after which every
            flip-flop holds a known value although the memories hold none

  tests/scan.py [--no-chains] [--axnn PROGRAM] FOLDER...   folders that `axnn synth` wrote, e.g.
                build/synth/axnn_axi_booth; with --axnn they are made, or renewed, first

That a memory's outputs are known in test mode is the promise of rtl/tech (axnn_sram): here they are 0."""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIBERTY = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib"
LENGTH = 128  # of a chain at most
FLOPS = {"$_DFF_P_": None, "$_DFF_PN0_": 0, "$_DFF_PN1_": 1}  # and what their reset makes of them


def run(command, folder):
    done = subprocess.run([str(c) for c in command], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"scan: {command[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def in_test_mode(netlist, top, folder):
    """Flattens the netlist, ties the test ports to 1; what breaks a rule, as {rule: cells}."""
    rules = {  # by Yosys's select
        "memories": "t:axnn_sram w:scan_mode_i %co1:+[scan_mode_i] %d",
        "clocks": "t:$_*FF* t:axnn_sram %u w:clk_i %co1:+[C,clk_i] %d",
        "latches": "t:$_*LATCH*",
        "resets": "t:$_DFF_PN?_ w:rst_ni %co1:+[R] %d",
        "kinds of flip-flops": "t:$_*FF* " + " ".join(f"t:{f} %d" for f in FLOPS),
    }
    check = {rule: f"select -write {rule.split()[0]}.txt {what}" for rule, what in rules.items()}
    first = check.pop("memories")
    body = re.search(rf"^module {top}\b.*?^endmodule", netlist.read_text(), re.M | re.S).group(0)
    ties = [f"delete -input w:{p}; connect -set {p} 1'b1" for p in ("test_en_i", "scan_mode_i")
            if re.search(rf"^ +input {p};", body, re.M)]
    (folder / "check.ys").write_text(f"""
        read_liberty -ignore_miss_func {LIBERTY}
        read_verilog -sv {ROOT}/rtl/tech/asic/axnn_sram.sv
        read_verilog {netlist}
        hierarchy -check -top {top}
        setattr -mod -set keep_hierarchy 1 *axnn*
        flatten
        opt_clean -purge
        setattr -mod -unset keep_hierarchy *axnn*
        flatten
        opt_clean -purge
        cd {top}
        {first}
        select -write flops_before.txt t:$_*FF*
        {chr(10).join(ties)}
        opt_expr
        opt_dff
        opt_expr
        opt_clean -purge
        {chr(10).join(check.values())}
        cd ..
        write_json flat.json
        """)
    run(["yosys", "-q", "-s", "check.ys"], folder)
    return {rule: (folder / f"{rule.split()[0]}.txt").read_text().split() for rule in rules}


def stitch(flat, folder):
    """Puts a multiplexer before every flip-flop; the number of flip-flops and of chains."""
    design = json.loads(flat.read_text())
    module = next(m for m in design["modules"].values() if "blackbox" not in m.get("attributes", {}) and m["cells"])
    flops = sorted(n for n, c in module["cells"].items() if c["type"] in FLOPS)
    chains = (len(flops) + LENGTH - 1) // LENGTH
    free = 1 + max(b for n in module["netnames"].values() for b in n["bits"] if isinstance(b, int))
    enable, ins, outs = free, list(range(free + 1, free + 1 + chains)), list(range(chains))
    free += 1 + chains
    for chain in range(chains):
        before = ins[chain]
        for name in flops[chain::chains]:
            pins = module["cells"][name]["connections"]
            module["cells"][f"scan_{free}"] = {
                "hide_name": 0, "type": "$_MUX_", "parameters": {}, "attributes": {},
                "port_directions": {"A": "input", "B": "input", "S": "input", "Y": "output"},
                "connections": {"A": pins["D"], "B": [before], "S": [enable], "Y": [free]}}
            before = pins["Q"][0]
            pins["D"] = [free]
            free += 1
        outs[chain] = before
    for name, bits, way in (("scan_en_i", [enable], "input"), ("scan_i", ins, "input"), ("scan_o", outs, "output")):
        module["ports"][name] = {"direction": way, "bits": bits}
        module["netnames"][name] = {"hide_name": 0, "bits": bits, "attributes": {}}
    (folder / "scan.json").write_text(json.dumps(design))
    return module["ports"], len(flops), chains


BENCH = """
module axnn_sram #(parameter Width = 8, Depth = 16, Lanes = 1, Weights = 0)
    (input clk_i, scan_mode_i, en_i, input [Lanes-1:0] we_i, input [$clog2(Depth)-1:0] addr_i,
     input [Width-1:0] wdata_i, output [Width-1:0] rdata_o);
  assign rdata_o = scan_mode_i ? {Width{1'b0}} : {Width{1'bx}};
endmodule
module bench;
  localparam N = %(length)d, K = %(chains)d;
  reg clk = 0, rst_ni = 1, scan_en = 1;
  reg [K-1:0] scan_in = 0, sent [0:2*N-1];
  wire [K-1:0] scan_out;
%(inputs)s
  %(top)s dut (.clk_i(clk), .scan_en_i(scan_en), .scan_i(scan_in), .scan_o(scan_out)%(pins)s);
  integer i, k, bad = 0;
  task tick; begin #1 clk = 1; #1 clk = 0; end endtask
  task shift; begin
    %(random)s
    for (k = 0; k < K; k = k + 1) scan_in[k] = $random;
    sent[i] = scan_in;
    tick;
  end endtask
  initial begin
    for (i = 0; i < 2 * N; i = i + 1) begin
      shift;
      // Chain k has N or N - 1 flip-flops: the first %(longer)d have N.
      for (k = 0; k < K; k = k + 1) begin
        if (k < %(longer)d ? i >= N : i >= N - 1) begin
          if (scan_out[k] !== (k < %(longer)d ? sent[i-N+1][k] : sent[i-N+2][k])) bad = bad + 1;
        end
      end
    end
    if (bad > 0) $display("chains: %%0d bits came out wrong", bad);
    scan_en = 0;
    tick;
    scan_en = 1;
    bad = 0;
    for (i = 0; i < N; i = i + 1) begin
      for (k = 0; k < K; k = k + 1) if (i < (k < %(longer)d ? N : N - 1) && scan_out[k] === 1'bx) bad = bad + 1;
      shift;
    end
    if (bad > 0) $display("capture: %%0d flip-flops caught an unknown value", bad);
    $display("done");
  end
endmodule
"""


def shifts(ports, flops, chains, top, folder):
    """Builds and runs the bench; what it complains of."""
    run(["yosys", "-q", "-p", "read_json scan.json; write_verilog -noattr scan.v"], folder)
    inputs = {n: len(p["bits"]) for n, p in ports.items() if p["direction"] == "input"}
    own = {"clk_i", "rst_ni", "scan_en_i", "scan_i"}
    others = {n: w for n, w in inputs.items() if n not in own}
    length = (flops + chains - 1) // chains
    pins = "".join(f", .{n}({n})" for n in [*others, "rst_ni"] if n in inputs)
    text = BENCH % {
        "length": length, "chains": chains, "top": top, "longer": flops - (length - 1) * chains, "pins": pins,
        "inputs": "".join(f"  reg [{w - 1}:0] {n} = 0;\n" for n, w in others.items()),
        "random": " ".join(f"{n} = {{{', '.join(['$random'] * ((w + 31) // 32))}}};" for n, w in others.items())}
    (folder / "bench.v").write_text(text)
    run(["iverilog", "-g2012", "-s", "bench", "-o", "bench", "bench.v", "scan.v"], folder)
    lines = run(["vvp", "-n", "bench"], folder).splitlines()
    return [line for line in lines if line != "done"] + ([] if "done" in lines else ["the bench did not end"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--axnn", type=pathlib.Path)
    parser.add_argument("--no-chains", dest="chains", action="store_false")
    parser.add_argument("folders", nargs="+", type=pathlib.Path, metavar="FOLDER")
    args = parser.parse_args()
    failed = False
    for where in args.folders:
        where = where.resolve()
        top = where.name
        if args.axnn:
            run([args.axnn.resolve(), "synth", "--module", top, "--out", where.parent, "--source", ROOT], ROOT)
        if not (where / "netlist.v").exists():
            sys.exit(f"scan: {where}: no netlist.v; make it by: axnn synth --module {top}")
        with tempfile.TemporaryDirectory(prefix="axnn-scan-") as temporary:
            folder = pathlib.Path(temporary)
            broken = {r: cells for r, cells in in_test_mode(where / "netlist.v", top, folder).items() if cells}
            for rule, cells in broken.items():
                print(f"scan: {top}: {rule}: {len(cells)} break the rule, e.g. {cells[0]}")
            before = len((folder / "flops_before.txt").read_text().split())
            said = f"{before} flip-flops"
            if args.chains and not broken:
                ports, flops, chains = stitch(folder / "flat.json", folder)
                for line in shifts(ports, flops, chains, top, folder):
                    print(f"scan: {top}: {line}")
                    broken[line] = []
                if flops != before:
                    said += f", {before - flops} of them constants"
                said += f", chains that shift and capture: {chains}"
            if broken:
                failed = True
            else:
                print(f"scan: {top}: {said}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
