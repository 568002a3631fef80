package train

// What tests compute by hand.
var (
	Update      = Optimizer.update
	Factors     = Optimizer.factors
	RandomState = randomState
)
