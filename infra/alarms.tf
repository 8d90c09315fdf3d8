# Three ways to hear of trouble, because each misses what another catches: a run that failed (or
# whose container never came up), a schedule that could not start one, and no success for a day.

resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:Says which run failed, no data; AWS's own key would keep CloudWatch and EventBridge from publishing.
  name = "${var.name}-alarms"
}

resource "aws_sns_topic_subscription" "email" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # No condition: AWS says that EventBridge meets none in a topic's policy, and the mail of a
        # failed run would simply not come.
        Sid       = "FailedRuns"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
      },
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "failed_run" {
  name        = "${var.name}-failed-run"
  description = "A task of ${var.name} failed, or never came up"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      clusterArn = [aws_ecs_cluster.this.arn]
      lastStatus = ["STOPPED"]
      "$or" = [
        # 75 is "come back later": nothing is lost, and the next run goes on.
        {
          stopCode   = ["EssentialContainerExited"]
          containers = { exitCode = [{ anything-but = [0, 75] }] }
        },
        # No image, no secret, no capacity, Spot taken back. A stop by hand is no failure.
        { stopCode = [{ anything-but = ["EssentialContainerExited", "UserInitiated"] }] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "failed_run" {
  rule = aws_cloudwatch_event_rule.failed_run.name
  arn  = aws_sns_topic.alarms.arn

  input_transformer {
    input_paths = {
      task      = "$.detail.taskArn"
      stopped   = "$.detail.stoppedAt"
      reason    = "$.detail.stoppedReason"
      exit_code = "$.detail.containers[0].exitCode"
    }
    input_template = join("", [
      "\"${var.name}: a run failed at <stopped>. Exit code: <exit_code>. Reason: <reason>. ",
      "Its log is in ${aws_cloudwatch_log_group.task.name}, task <task>.\"",
    ])
  }

  depends_on = [aws_sns_topic_policy.alarms]
}

resource "aws_cloudwatch_metric_alarm" "missed_start" {
  alarm_name          = "${var.name}-missed-start"
  alarm_description   = "The schedule could not start a run; why is in the queue ${aws_sqs_queue.missed_starts.name}. Purge the queue when it is mended."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.missed_starts.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

# A partial run counts: what failed in it was mailed by the rule above, and an alarm that one bad
# playlist keeps raised could not be raised again when runs end altogether. One that is to come back
# later does not: nobody is mailed of it, and it must not go on like that.
resource "aws_cloudwatch_log_metric_filter" "run_succeeded" {
  name           = "${var.name}-run-succeeded"
  log_group_name = aws_cloudwatch_log_group.task.name
  pattern        = "{ $.event = \"run_ended\" && ($.status = \"success\" || $.status = \"skipped\" || ($.status = \"partial\" && $.not_before NOT EXISTS)) }"

  metric_transformation {
    namespace = var.name
    name      = "SuccessfulRuns"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "no_success" {
  # Without a schedule nobody waits for a run.
  count = var.schedule_enabled ? 1 : 0

  alarm_name          = "${var.name}-no-success"
  alarm_description   = "No run succeeded for ${var.hours_without_success} hours."
  namespace           = var.name
  metric_name         = aws_cloudwatch_log_metric_filter.run_succeeded.metric_transformation[0].name
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = var.hours_without_success
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
