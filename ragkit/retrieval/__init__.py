"""A question becomes passages: query understanding, lexical and dense search, fusion, rerank, expansion."""
