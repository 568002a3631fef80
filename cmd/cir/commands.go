package main

// commands are what the program can do. The tags are the parser's (kong), and ours for `cir help`: eg is an example,
// otherwise says what happens without the flag.
type commands struct {
	Demo        demoCommand        `cmd:"" help:"Run the whole method on drawn pictures: draw, pretrain, both stages, evaluate, report." eg:"cir demo"`
	Train       trainCommand       `cmd:"" help:"Train a stage by recipe, validate, and keep the run in a folder." eg:"cir train -recipe text-fashioniq -data datasets/data -pretrained models/weights/model_base.pth"`
	Runs        runsCommand        `cmd:"" help:"List the runs of a folder: what became of each, and where it stands." eg:"cir runs checkpoints/runs"`
	Eval        evalCommand        `cmd:"" help:"Measure a model on a split under every protocol of the data set." eg:"cir eval -dataset fashioniq -data datasets/data -pretrained models/weights/model_base.pth -text tuned_blip_best.pt -combiner combiner.pt"`
	Submit      submitCommand      `cmd:"" help:"Write the two files of CIRR's test server, or check such a file." eg:"cir submit -name combiner-bi -data datasets/data -pretrained models/weights/model_base.pth -text tuned_blip_mean.pt -combiner combiner_mean.pt"`
	Inspect     inspectCommand     `cmd:"" help:"Show what a checkpoint holds: names, shapes, types, SHA-1, and whether it is a released one." eg:"cir inspect models/weights/model_base.pth"`
	Data        dataCommand        `cmd:"" help:"Check a data set, or draw one."`
	Setup       setupCommand       `cmd:"" help:"Install an XLA plugin, which computes several times faster than pure Go, and try it." eg:"cir setup"`
	Doctor      doctorCommand      `cmd:"" help:"Show what this machine computes with: backend, plugins, devices, folders, versions, and what to do where something is wrong. Exits with 4 if a backend is asked for and does not work." eg:"cir doctor"`
	Verify      verifyCommand      `cmd:"" help:"Compute every golden case of a folder and compare: does this machine compute what the original computes?" eg:"cir verify testdata/golden/a"`
	Models      modelsCommand      `cmd:"" help:"List presets, recipes, released checkpoints and published results." eg:"cir models -format json"`
	Bench       benchCommand       `cmd:"" help:"Measure speed and memory beside PyTorch, JAX and ONNX Runtime, and compare the results." eg:"cir bench -python .local/bench/bin/python"`
	Help        helpCommand        `cmd:"" help:"Explain a command and all its flags." eg:"cir help train"`
	Version     versionCommand     `cmd:"" help:"Show the version of the program and of what it was built with." eg:"cir version"`
	Probe       probeCommand       `cmd:"" hidden:"" help:"Open a backend, multiply two matrices, and print what it is, as JSON: what setup and doctor start as a process of its own." eg:"cir probe xla:cpu"`
	Mourn       mournCommand       `cmd:"" hidden:"" help:"Wait for the end of a training, and say so if it died without a word: what train starts as a process of its own." eg:"cir mourn DIR"`
	BenchWorker benchWorkerCommand `cmd:"" hidden:"" help:"One side of a comparison of bench, in a process of its own: works once for each line on stdin that says run." eg:"cir bench-worker DIR images"`
}

type dataCommand struct {
	Check checkCommand `cmd:"" help:"Count what is there of a data set, name what is missing, and compare with the published counts." eg:"cir data check -dataset cirr -data datasets/data"`
	Draw  drawCommand  `cmd:"" help:"Draw a data set in the formats of FashionIQ and CIRR." eg:"cir data draw -n 3000 -data datasets/data/wardrobe"`
}
