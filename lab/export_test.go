package lab

// Dividing is how many devices share batches where nobody says.
var Dividing = dividing
