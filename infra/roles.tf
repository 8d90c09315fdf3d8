# Four roles, each with one inline policy that names what it may touch:
# execution (ECS: starts the container), run and bootstrap (the programs), scheduler (starts runs).

locals {
  account = data.aws_caller_identity.current.account_id

  database_users = join(":", [
    "arn", data.aws_partition.current.partition, "rds-db", data.aws_region.current.name,
    local.account, "dbuser", aws_db_instance.this.resource_id,
  ])

  trusted_by = {
    for service in ["ecs-tasks", "scheduler"] : service => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "${service}.amazonaws.com" }
        # Not on behalf of somebody else's account.
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      }]
    })
  }
}

resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  assume_role_policy = local.trusted_by["ecs-tasks"]
}

resource "aws_iam_role_policy" "execution" {
  role = aws_iam_role.execution.name
  name = "start-the-container"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = "ecr:GetAuthorizationToken"
          Resource = "*" # knows no resources
        },
        {
          Effect   = "Allow"
          Action   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
          Resource = aws_ecr_repository.this.arn
        },
        {
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.task.arn}:*"
        },
      ],
      [for secret in aws_secretsmanager_secret.config : {
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = secret.arn
      }],
    )
  })
}

resource "aws_iam_role" "run" {
  name               = "${var.name}-run"
  assume_role_policy = local.trusted_by["ecs-tasks"]
}

resource "aws_iam_role_policy" "run" {
  role = aws_iam_role.run.name
  name = "run-the-pipeline"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = "rds-db:connect"
          Resource = "${local.database_users}/${local.database_role}"
        },
        {
          Effect   = "Allow"
          Action   = "s3:PutObject"
          Resource = "${aws_s3_bucket.this.arn}/${local.runs}/*"
        },
      ],
      # Written when Spotify replaces the refresh token; the bucket keeps the version before.
      var.config_source == "s3_env" ? [{
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "${aws_s3_bucket.this.arn}/${local.env_key}"
      }] : [],
    )
  })
}

resource "aws_iam_role" "bootstrap" {
  name               = "${var.name}-bootstrap"
  assume_role_policy = local.trusted_by["ecs-tasks"]
}

resource "aws_iam_role_policy" "bootstrap" {
  role = aws_iam_role.bootstrap.name
  name = "read-the-master-secret"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = aws_db_instance.this.master_user_secret[0].secret_arn
    }]
  })
}

resource "aws_iam_role" "scheduler" {
  name               = "${var.name}-scheduler"
  assume_role_policy = local.trusted_by["scheduler"]
}

resource "aws_iam_role_policy" "scheduler" {
  role = aws_iam_role.scheduler.name
  name = "start-runs"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = "${aws_ecs_task_definition.run.arn_without_revision}:*"
        Condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.this.arn } }
      },
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = [aws_iam_role.execution.arn, aws_iam_role.run.arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.missed_starts.arn
      },
    ]
  })
}
