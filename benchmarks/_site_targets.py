"""What is wanted of the help site."""

from benchmarks._targets import Target

TARGETS = (
    Target("cold_vs_material", "building 1,000 articles / plain Material", high=0.4),
    Target("warm_vs_material", "the same with one article changed", high=0.125),
    Target("cold_5000_vs_1000", "building 5,000 / building 1,000", high=7),
    Target("pages_5000_mb", "MB of pages at 5,000", high=200),
    Target("save_to_screen_vs_material", "from saving to the open page at 1,000 / plain Material's rebuild", high=0.05),
    Target("first_visit_kb_100", "KB that a first visit loads at 100 articles", high=85),
    Target("first_visit_kb_5000", "the same at 5,000", high=85),
    Target("first_result_vs_material", "from typing to the first result at 5,000 / Material's", high=0.1),
    Target("first_result_static_vs_material", "the same without the API", high=0.25),
    Target("hits", "of 24 questions, right article first", low=22),
    Target("hits_static", "the same without the API", low=18),
    Target("axe_findings", "what axe-core finds wrong", high=0),
    Target("csp_violations", "what breaks the policy, or comes without one", high=0),
    Target("outside_requests", "requests to elsewhere", high=0),
    Target("console_errors", "errors in the console", high=0),
    Target("lighthouse_performance", "Lighthouse, home and article, the worse: performance", low=95),
    Target("lighthouse_accessibility", "accessibility", low=95),
    Target("lighthouse_best_practices", "best practices", low=95),
    Target("lighthouse_seo", "SEO", low=95),
)
