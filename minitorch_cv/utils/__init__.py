"""What training needs around a model: `utils.data` loads it batches."""
