"""The platform in a cluster: its images, where they run, and how it is deployed there."""
