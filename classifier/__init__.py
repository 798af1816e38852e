"""What a buyer wants: a linear text classifier with calibrated confidence, and its training.

Promises: imports nothing of the daemon. `classifier.model` needs numpy alone; scikit-learn is reached only by
`train` and `evaluate`.
"""
