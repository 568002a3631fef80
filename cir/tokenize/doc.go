// Package tokenize turns relative captions into what the text encoder reads: first into modification text, which
// carries a direction mark before each part (Mark, ModificationText), then into WordPiece ids (Tokenizer).
//
//	captions ──Mark──> marked captions ──FashionIQText──> modification text ──Batch──> ids, mask [B, N]
//
// The ids equal those of the slow Python BertTokenizer (uncased) with BLIP's two added tokens, on any string. Where
// releases of that tokenizer differ (a literal [SEP] glued to other text) it is release 4.15.0 that is followed, the
// one the original pins. The character data are those of Unicode 14: later code points are dropped as unassigned.
//
// The public BERT vocabulary is embedded; NOTICE names its owner and licence.
package tokenize
