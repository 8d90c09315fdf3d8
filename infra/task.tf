locals {
  image = "${aws_ecr_repository.this.repository_url}:${var.image_tag}"

  env_file = "s3://${aws_s3_bucket.this.bucket}/${local.env_key}"

  database_environment = {
    AWS_DEFAULT_REGION = data.aws_region.current.name
    LOG_FORMAT         = "json"
    PGHOST             = aws_db_instance.this.address
    PGPORT             = tostring(aws_db_instance.this.port)
    PGDATABASE         = var.database_name
    PGSSLMODE          = "verify-full"
  }

  run_environment = merge(
    local.database_environment,
    {
      PGUSER        = local.database_role
      PG_IAM_AUTH   = "true"
      ARTEFACTS_URL = "s3://${aws_s3_bucket.this.bucket}/${local.runs}"
    },
    var.config_source == "s3_env" ? { ENV_FILE = local.env_file } : {},
  )

  # PGUSER is the role that it creates; it signs in with the secret.
  bootstrap_environment = merge(local.database_environment, {
    PGUSER            = local.database_role
    MASTER_SECRET_ARN = aws_db_instance.this.master_user_secret[0].secret_arn
  })

  secrets = var.config_source == "secrets" ? [for key in var.secret_keys : {
    name      = key
    valueFrom = "${aws_secretsmanager_secret.config[0].arn}:${key}::"
  }] : []

  # What both tasks have in common: they may write to /data alone.
  container = {
    name                   = var.name
    image                  = local.image
    essential              = true
    user                   = "10001:10001"
    privileged             = false
    readonlyRootFilesystem = true
    stopTimeout            = 120
    linuxParameters = {
      initProcessEnabled = true
      capabilities       = { drop = ["ALL"] }
    }
    mountPoints = [{ sourceVolume = "data", containerPath = "/data", readOnly = false }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.task.name
        awslogs-region        = data.aws_region.current.name
        awslogs-stream-prefix = "run"
        # A line lost is a run that seems not to have succeeded; a stall ends at max_runtime.
        mode = "blocking"
      }
    }
  }
}

resource "aws_cloudwatch_log_group" "task" {
  #checkov:skip=CKV_AWS_158:Encrypted with AWS's own key; a key of one's own costs a dollar a month.
  #checkov:skip=CKV_AWS_338:variables.tf says how long; a year is the user's to choose.
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_ecs_cluster" "this" {
  #checkov:skip=CKV_AWS_65:Container Insights costs more than the run; the alarms look at runs.
  name = var.name
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_ecs_task_definition" "run" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.task_cpu
  memory                   = var.task_memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.run.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  # Takes its owner from the image's VOLUME of the same path.
  volume {
    name = "data"
  }

  container_definitions = jsonencode([merge(local.container, {
    environment = [for name, value in local.run_environment : { name = name, value = value }]
    secrets     = local.secrets
  })])
}

# Signs in as the master once, to create the role that runs use: `make bootstrap`.
resource "aws_ecs_task_definition" "bootstrap" {
  family                   = "${var.name}-bootstrap"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.bootstrap.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  volume {
    name = "data"
  }

  container_definitions = jsonencode([merge(local.container, {
    entryPoint  = ["python"]
    command     = ["-m", "spotify_elt.operations.bootstrap"]
    environment = [for name, value in local.bootstrap_environment : { name = name, value = value }]
  })])
}
